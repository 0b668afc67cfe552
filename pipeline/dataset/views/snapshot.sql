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

{{view "snapshot" "What is open: one row with the run that published it and the settings of the dataset." "打开的是什么：只有一行，是发布它的运行和数据集的设置。"}}
{{column "snapshot.run" "The run that published the snapshot." "发布这份快照的运行。"}}
{{column "snapshot.published" "When it was published." "发布的时刻。"}}
{{column "snapshot.program" "The version of callmill that published it." "发布它的 callmill 版本。"}}
{{column "snapshot.time_zone" "Time zone of job_date, call_date, call_hour and of the columns named local." "job_date、call_date、call_hour 以及名字带 local 的列所用的时区。"}}
{{column "snapshot.segmenter" "How words were cut." "分词的方式。"}}
{{column "snapshot.pii" "What became of personal data: keep, mask, hash, drop." "个人数据的处理方式：keep 保留，mask 遮盖，hash 哈希，drop 去掉。"}}
{{column "snapshot.words" "Version of the dictionaries behind tokens." "分词词典的版本。"}}
