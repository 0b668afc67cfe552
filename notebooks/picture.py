"""Draws the README's picture: python picture.py, in this folder.

It shows the dataset that CALLMILL_DATA names, by default ../callmill-demo.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import callmill_data
from callmill_data import plot_rates
from callmill_stats import rates

callmill_data.set_up_plots()
db = callmill_data.open()
numbers = rates(db.sql("""
    SELECT calling_number, count(*) FILTER (answered) AS k, count(*) AS n
    FROM calls WHERE dialed AND calling_number IS NOT NULL GROUP BY 1 ORDER BY k / n LIMIT 8
""").df(), "k", "n")
lines = rates(db.sql("""
    SELECT pattern, count(*) FILTER (hung_up_here) AS k, count(*) AS n
    FROM exchanges WHERE answered GROUP BY pattern HAVING count(*) >= 30 AND count(*) FILTER (ended_here) < 0.7 * count(*)
""").df(), "k", "n").nlargest(8, "low")
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 3.2))
plot_rates(numbers, "calling_number", "Answered by a person, per dialled call, by calling number", horizontal=True, ax=left)
plot_rates(lines, "pattern", "Contact hangs up, per time the robot says a line", horizontal=True, ax=right)
figure.savefig("picture.png", dpi=100, metadata={"Software": None})
