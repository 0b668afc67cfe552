"""Opens a callmill dataset for the notebooks and sets up their plots.

CALLMILL_DATA names the folder to open, a dataset or one of its snapshots. The
default is ../callmill-demo. The statistics are in callmill_stats.
"""

import json
import os
import pathlib
import unicodedata
import warnings

import duckdb
import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from matplotlib import font_manager

# Fonts with Chinese characters, by their names on Debian, Windows and macOS.
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB", "Heiti TC", "Arial Unicode MS",
)


def snapshot(path=None):
    """Returns the folder of a published snapshot, resolved once.

    All reads from it see that snapshot, also while a run publishes the next one.
    """
    path = pathlib.Path(path or os.environ.get("CALLMILL_DATA") or "../callmill-demo")
    if path.name in ("latest", "CURRENT", "LATEST") and not path.is_dir():
        path = path.parent  # the text, or a link that is not there
    if not (path / "manifest.json").exists():
        # CURRENT is latest as text, for file systems without links; LATEST was that in format 1.
        texts = [path / name for name in ("CURRENT", "LATEST") if (path / name).is_file()]
        if (path / "latest").is_dir():
            path = path / "latest"
        elif texts:
            path = path / "snapshots" / texts[0].read_text().strip()
        else:
            raise FileNotFoundError(
                f"{path} is not a callmill dataset: set CALLMILL_DATA to one, or create one with `callmill demo {path}`"
            )
    return path.resolve()


def open(path=None):
    """Returns a DuckDB connection with the views of the dataset: see `duckdb_views()`.

    It shows times in the dataset's time zone. No extension is downloaded.
    """
    folder = snapshot(path)
    db = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    db.execute("SET VARIABLE callmill = $1", [str(folder)])
    db.execute((folder / "views.sql").read_text(encoding="utf-8"))
    db.execute("SET TimeZone = '" + db.sql("SELECT time_zone FROM snapshot").fetchall()[0][0].replace("'", "''") + "'")
    return db


# Columns with few values, each a word of its own.
CATEGORIES = frozenset((
    "category", "code", "contact_role", "contact_state", "ended_by", "failure_reason", "flow_ended_source", "job_group_status", "job_outcome",
    "job_status", "outcome", "speaker", "stage", "task_status", "timing",
))


def load(table, path=None, columns=None):
    """Returns a table as a DataFrame with types that count correctly.

    pandas.read_parquet() gives object columns where booleans or days have NULLs, and
    floats for integers. Here booleans and integers that may be NULL are nullable
    (boolean, Int32, Int64), days are datetime64 at midnight, instants are in the
    dataset's time zone, columns of few values are categories. Lists stay arrays, one
    per row. columns names those to read; all, and job_date, if None.
    """
    folder = snapshot(path)
    files = folder / table
    partitions = ds.partitioning(pa.schema([("job_date", pa.date32())]), flavor="hive") if any(files.glob("job_date=*")) else None
    # The folder itself is no partition, also where it lies in one named like it.
    rows = ds.dataset(files, format="parquet", partitioning=partitions, partition_base_dir=str(files)).to_table(columns=columns)
    zone = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["settings"]["time_zone"]
    nullable = {pa.bool_(): pd.BooleanDtype(), pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}
    frame = {}
    for field, column in zip(rows.schema, rows.columns):
        if pa.types.is_date(field.type):
            frame[field.name] = column.cast(pa.timestamp("s")).to_pandas()
        elif pa.types.is_timestamp(field.type):
            frame[field.name] = column.to_pandas().dt.tz_convert(zone)
        elif pa.types.is_string(field.type) and field.name in CATEGORIES:
            frame[field.name] = column.dictionary_encode().to_pandas()
        else:
            frame[field.name] = column.to_pandas(types_mapper=nullable.get if field.nullable else None)
    return pd.DataFrame(frame, index=pd.RangeIndex(rows.num_rows))


def set_up_plots():
    """Sets the style of plots and a font with Chinese characters; warns if there is none."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    if not installed.intersection(CHINESE_FONTS):  # matplotlib's cached list may be stale
        for file in font_manager.findSystemFonts():
            try:
                font_manager.fontManager.addfont(file)
            except (OSError, RuntimeError):
                continue  # a font matplotlib cannot read
        installed = {font.name for font in font_manager.fontManager.ttflist}
    fonts = [name for name in CHINESE_FONTS if name in installed]
    if not fonts:
        warnings.warn("no font with Chinese characters: install one, such as fonts-wqy-microhei or fonts-noto-cjk on Debian")
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # said once is enough
    matplotlib.rcParams.update({
        "font.family": fonts[:1] + ["DejaVu Sans"],
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.grid": True,
        "grid.color": "#e6e6e6",
        "axes.axisbelow": True,
        "figure.dpi": 110,
        "figure.constrained_layout.use": True,
    })


def short(text, width=44):
    """Returns the text on one line, truncated to width columns; a Chinese character takes two."""
    text, columns = " ".join(str(text).split()), 0
    for i, character in enumerate(text):
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if columns > width:
            return text[:i] + "…"
    return text


def plot_rates(table, label, title, of="n", horizontal=False, ax=None, overall=None):
    """Plots rates with their intervals and denominators.

    table has a row per group, with the rate and its interval in the columns
    rate, low and high. label and of name the columns of the group's name and
    its denominator. overall is drawn as a dashed line.
    """
    table = table[table[of] > 0]
    if ax is None:
        size = (7, 0.8 + 0.27 * max(len(table), 3)) if horizontal else (max(5, 0.42 * len(table) + 2), 3)
        ax = plt.subplots(figsize=size)[1]
    ax.set_title(title, fontsize=10)
    if table.empty:
        ax.text(0.5, 0.5, "nothing to show: the denominator is 0", ha="center", va="center", transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    at = range(len(table))
    names = [short(name) for name in table[label]]
    errors = [(table.rate - table.low).clip(lower=0), (table.high - table.rate).clip(lower=0)]
    style = dict(fmt="o", color="#1f5a8a", ecolor="#8fb3cf", elinewidth=2, markersize=4)
    if horizontal:
        ax.errorbar(table.rate, at, xerr=errors, **style)
        ax.set_yticks(at, [f"{name}  (n = {n:,})" for name, n in zip(names, table[of])], fontsize=8)
        ax.set_ylim(len(table) - 0.5, -0.5)
        ax.set_xlim(left=0)
        ax.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1))
        ax.grid(axis="y", visible=False)
    else:
        ax.errorbar(at, table.rate, yerr=errors, **style)
        ax.set_xticks(at, [f"{name}\n{n:,}" for name, n in zip(names, table[of])], fontsize=7)
        ax.set_ylim(bottom=0)
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1))
        ax.grid(axis="x", visible=False)
    if overall is not None:
        (ax.axvline if horizontal else ax.axhline)(overall, color="#c0504d", lw=1, ls="--")
    return ax


def answered_calls(db):
    """Returns the calls that contrast() compares: answered, with lines; numbered from 0.

    failed is missing where nothing tells whether a call that the contact hung up had
    come to its end. The stratum is the robot's script, else what identifies the
    robot: calls of one script can be compared exchange by exchange.
    """
    calls = db.sql("""
        SELECT instance_id, job_id, task_id, campaign, coalesce(contact_key, instance_id || '/' || job_id) AS contact, outcome, turn_count,
               instance_id || '/' || coalesce(campaign_script_name, chatbot_id, scenario_id, campaign, '') AS stratum,
               robot_turns AS reached, failed_dialogue::BOOLEAN AS failed,
               script_version, calling_number, call_hour, call_weekday, attempt
        FROM calls WHERE answered AND turn_count > 0 ORDER BY instance_id, job_id, task_id
    """).df()
    return calls.astype({"failed": "boolean"}).assign(call=range(len(calls)))


def lines_of(db, calls):
    """Returns the robot's lines of some answered_calls(), in order, with what
    kinds_of_lines() wants: call, exchange (from 1), stratum, line, hung_up, unanswered.
    """
    db.register("calls_chosen", calls[["instance_id", "job_id", "task_id", "call", "stratum"]])
    return db.sql("""
        SELECT call, row_number() OVER spoken AS exchange, stratum, pattern AS line, outcome = 'hung_up' AND lead(turn_index) OVER spoken IS NULL AS hung_up,
               coalesce(lag(turn_index) OVER spoken = turn_index - 1 AND regexp_matches(lag(script) OVER spoken, '[?？]|[吗呢]$'), false) AS unanswered
        FROM turns JOIN calls_chosen USING (instance_id, job_id, task_id) WHERE speaker = 'Robot'
        WINDOW spoken AS (PARTITION BY call ORDER BY turn_index) ORDER BY call, turn_index
    """).df()


def phrases_of(db, calls, at_least=10, longest=3):
    """Returns what the contacts of some answered_calls() said, as runs of one to three
    words without punctuation: call, exchange (how many lines the robot had said),
    phrase; only phrases of at_least calls.
    """
    db.register("calls_chosen", calls[["instance_id", "job_id", "task_id", "call"]])
    return db.execute("""
        WITH said AS (
            SELECT call, speaker, count(*) FILTER (speaker = 'Robot') OVER (PARTITION BY call ORDER BY turn_index) AS exchange,
                   list_filter(tokens, lambda w: NOT is_punctuation(w)) AS words
            FROM turns JOIN calls_chosen USING (instance_id, job_id, task_id)
        ), runs AS (
            SELECT DISTINCT call, exchange, array_to_string(words[i:i + n - 1], '') AS phrase
            FROM (SELECT *, unnest(range(1, len(words) + 1)) AS i FROM said WHERE speaker = 'Contact'), range(1, $2 + 1) AS lengths(n)
            WHERE i + n - 1 <= len(words)
        )
        SELECT call, exchange, phrase FROM runs SEMI JOIN (
            SELECT phrase FROM runs GROUP BY phrase HAVING count(DISTINCT call) >= $1
        ) USING (phrase) ORDER BY call, exchange, phrase
    """, [at_least, longest]).df()


def known_of(calls):
    """Returns what is known of some answered_calls() before the first word, as events of
    contrast(): call, exchange (0), dimension, value.
    """
    dimensions = ["campaign", "script_version", "calling_number", "call_hour", "call_weekday", "attempt"]
    known = calls.melt("call", dimensions, "dimension", "value").dropna().assign(exchange=0)
    return known.assign(value=[value if isinstance(value, str) else f"{value:.0f}" for value in known.value])
