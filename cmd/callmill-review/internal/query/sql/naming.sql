SELECT by_name FROM naming
