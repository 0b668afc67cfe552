"""callmill on Spark: call jobs of OutboundBot as Iceberg tables.

Python and SQL only move bytes. What a response says, which version of a job wins and
what its rows are is decided by `callmill worker`, the Go program that runs beside every
task:

    files ──▶ mapInArrow: worker decode ─────────────▶ records (key, record)
    state of the lake, of the keys that are touched ─▶ records (key, record)
      union ▶ shuffle by key ▶ mapInArrow: worker flatten ▶ stage (Parquet)
    stage ▶ each table: stale rows deleted, new ones appended ▶ runs ▶ tags

The lake
    A namespace of one Iceberg catalog: the nine tables of the contract, `state` (a
    row per job: what the next run must know of it) and `runs` (a row per published
    run). Day tables and state are partitioned by job_date. Once they are needed there
    are `erased`, tombstones and receipts, and `opt_outs`, who asked not to be called in
    jobs that are gone; of both nothing is ever taken back.

What readers see
    A run writes table after table; no catalog commits several at once. So readers
    never read the heads: they read the newest tag `callmill_<run>` that all tables
    have (`callmill_spark.py tag` prints it). Tag names sort by time.

What a crash leaves
    Everything up to the append to `runs` is undone by the next run: it rolls each
    table back to the newest complete tag. That append is the commit: a crash after
    it is made good by the next run, which sets the tags that are missing. A table
    whose head is of neither callmill nor a compaction is an error, never undone.

What an erasure leaves
    Nothing in any file: it is a run that also rewrites the files of the tables before
    its commit, and after it drops all other names of snapshots (purge). From its row in
    `erased` on every run finishes it first.

One run at a time
    A run holds a lease in the properties of `runs`. Whatever changes it also moves
    the branch `lock` of that table, so that every catalog compares and swaps. The
    append to `runs` moves it, too: a run whose lease another has taken cannot
    publish. What such a run wrote to other tables is never tagged (Lake.fence) and
    undone by the next.

The modules; each imports only from those above it:

    failure    how a run ends, and what it tells people
    contract   the tables and the columns of all that moves
    program    programs and files beside a task
    relay      the worker beside a task
    tool       the program callmill and its settings
    inputs     the files of a run, listed and read
    tally      what the workers reported, summed up
    lake       the tables of a namespace: made, tagged, mended, swapped
    lock       the lease of a run
    holds      jobs that are kept however old they are
    pack       rows on their way through the stage
    stage      the stage, and what it says is to be written
    publisher  the writes to the tables
    erasures   who was erased: tombstones, requests, receipts
    purge      what takes deleted rows out of the files
    person     all that is known of one person
    run        a run, from the lock to the tags
    commands   what callmill_spark.py does
    parcel     this package as executors get it
"""
