-- What views.sql was published with, from the manifest beside it.
CREATE OR REPLACE VIEW snapshot AS
SELECT
    content ->> '$.run' AS run,
    (content ->> '$.published')::TIMESTAMPTZ AS published,
    content ->> '$.program' AS program,
    content ->> '$.settings.time_zone' AS time_zone,
    content ->> '$.settings.segmenter' AS segmenter,
    content ->> '$.settings.pii' AS pii,
    content ->> '$.settings.words' AS words
FROM read_text({{file "manifest.json"}});

COMMENT ON VIEW snapshot IS 'What is open: one row with the run that published it and the settings of the dataset.';
COMMENT ON COLUMN snapshot.run IS 'The run that published the snapshot.';
COMMENT ON COLUMN snapshot.published IS 'When it was published.';
COMMENT ON COLUMN snapshot.program IS 'The version of callmill that published it.';
COMMENT ON COLUMN snapshot.time_zone IS 'Time zone of job_date, call_date, call_hour and of the columns named local.';
COMMENT ON COLUMN snapshot.segmenter IS 'How words were cut.';
COMMENT ON COLUMN snapshot.pii IS 'What became of personal data: keep, mask, hash, drop.';
COMMENT ON COLUMN snapshot.words IS 'Version of the dictionaries behind tokens.';
