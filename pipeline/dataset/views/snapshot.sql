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

{{view "snapshot" "What is open: one row with the run that published it and the settings of the dataset."}}
{{column "snapshot.run" "The run that published the snapshot."}}
{{column "snapshot.published" "When it was published."}}
{{column "snapshot.program" "The version of callmill that published it."}}
{{column "snapshot.time_zone" "Time zone of job_date, call_date, call_hour and of the columns named local."}}
{{column "snapshot.segmenter" "How words were cut."}}
{{column "snapshot.pii" "What became of personal data: keep, mask, hash, drop."}}
{{column "snapshot.words" "Version of the dictionaries behind tokens."}}
