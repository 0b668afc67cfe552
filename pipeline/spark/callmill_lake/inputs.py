"""The inputs of a run.

The driver lists them through Hadoop's FileSystem, so that any URI that Spark reads will
do, and in the order and with the origins that `callmill convert` gives them
(pipeline/source): origin and order decide between versions of a job and name its
rejects. Spark's own listing is no use for that: it skips names that begin with an
underscore and empty files, which convert reads or refuses, takes brackets in names for
patterns and folders named a=b for columns. Its reader is used, below the listing: a
FileScanRDD of binaryFile over partitions that are cut here."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .failure import Failure, Usage, reason, thrown

# The largest input: Spark hands it over as one value of an UnsafeRow.
MOST_BYTES = (1 << 31) - (1 << 20)
# How much a partition of small files reads, at most, and as how many bytes opening
# a file counts. A file that is larger is a partition of its own.
PARTITION_BYTES = 128 << 20
OPEN_BYTES = 256 << 10
# How many times larger than on disk a compressed file is taken to be.
EXPANSION = 8

# The listing is done inside the JVM: through py4j each file would cost four calls
# of 0.1 ms. Janino, which compiles Spark's own generated code, compiles this; it
# runs on the driver only.
LISTING = r"""
public static class Found implements Comparable {
    final FileStatus status;
    final String origin;
    final UTF8String order; // by bytes, as the order of paths is
    Found(FileStatus status, String origin) {
        this.status = status;
        this.origin = origin;
        this.order = UTF8String.fromString(origin);
    }
    public int compareTo(Object other) { return order.compareTo(((Found) other).order); }
}

private final ArrayList list = new ArrayList(); // of Found
private final ArrayList passed = new ArrayList(); // of String: names of some that are no inputs
private int passedOver;
private long bytes;

public int files() { return list.size(); }
public long bytes() { return bytes; }
public int passedOver() { return passedOver; }
public List passed() { return passed; }

/** Adds the file, or the inputs below the folder, at path. */
public void add(Path path, Configuration conf, long most) throws IOException {
    FileSystem fs = path.getFileSystem(conf);
    FileStatus status;
    try {
        status = fs.getFileStatus(path);
    } catch (FileNotFoundException e) {
        throw new FileNotFoundException("no such file or directory");
    }
    ArrayList below = new ArrayList();
    if (!status.isDirectory()) {
        below.add(new Found(status, path.getName()));
    } else {
        String root = status.getPath().toUri().getPath();
        if (!root.endsWith("/")) root += "/";
        if ("file".equals(fs.getUri().getScheme())) {
            walk(fs, root, status.getPath(), below);
        } else {
            // One request for the whole of a bucket, not one for each folder.
            RemoteIterator files = fs.listFiles(status.getPath(), true);
            while (files.hasNext()) file((FileStatus) files.next(), root, below);
        }
        if (below.isEmpty()) {
            throw new IOException("the folder has no file named *.json, *.jsonl or *.xml, nor one of these with .gz or .zst");
        }
        Collections.sort(below);
    }
    for (int i = 0; i < below.size(); i++) {
        Found one = (Found) below.get(i);
        if (one.status.getLen() > most) {
            throw new IOException(one.origin + " has " + one.status.getLen() + " bytes, more than the " + most
                + " that Spark can hand over as one value: split it, or read it with callmill convert and import that");
        }
        bytes += one.status.getLen();
    }
    list.addAll(below);
}

/** Goes through a local folder. Links to folders are not followed: they may lead in circles. */
private void walk(FileSystem fs, String root, Path folder, ArrayList below) throws IOException {
    FileStatus[] children = fs.listStatus(folder);
    HashSet seen = new HashSet();
    for (int i = 0; i < children.length; i++) {
        FileStatus child = children[i];
        String name = child.getPath().getName();
        seen.add(name);
        java.nio.file.Path local = Paths.get(child.getPath().toUri().getPath(), new String[0]);
        if (!child.isDirectory()) {
            // What has no length may be a pipe.
            if (child.getLen() > 0 || Files.isRegularFile(local, new LinkOption[0])) file(child, root, below);
        } else if (!name.startsWith(".")) {
            if (!Files.isSymbolicLink(local)) walk(fs, root, child.getPath(), below);
            else if (!named(name)) pass(child.getPath().toUri().getPath().substring(root.length()));
        }
    }
    // Hadoop leaves out silently what it cannot find again.
    String[] names = new File(folder.toUri().getPath()).list();
    for (int i = 0; names != null && i < names.length; i++) {
        String name = names[i];
        if (name.startsWith(".") || seen.contains(name)) continue;
        String path = new Path(folder, new Path(null, null, name)).toUri().getPath();
        if (name.indexOf('\ufffd') >= 0 || name.indexOf('?') >= 0) {
            throw new IOException(path + ": Java cannot read this name in the locale of its process: set LC_ALL=C.UTF-8 for the driver and the executors");
        }
        if (named(name)) throw new FileNotFoundException(path + ": no such file or directory (a link that leads nowhere?)");
        pass(path.substring(root.length()));
    }
}

/** Adds a file below root if its name is that of an input. */
private void file(FileStatus status, String root, ArrayList below) throws IOException {
    String path = status.getPath().toUri().getPath();
    if (!path.startsWith(root)) throw new IOException(path + " is not below " + root);
    String origin = path.substring(root.length());
    if (origin.startsWith(".") || origin.indexOf("/.") >= 0) return;
    if (named(status.getPath().getName()) && !OF_TABLES.matcher(origin).find()) below.add(new Found(status, origin));
    else pass(origin);
}

private void pass(String origin) {
    passedOver++;
    if (passed.size() < 50) passed.add(origin);
}

// Of tables of Iceberg, for the lake itself may lie below the folder.
private static final java.util.regex.Pattern OF_TABLES = java.util.regex.Pattern.compile(
    "(^|/)metadata/(v[0-9]+|[0-9]{5}-[0-9a-f-]{36})([.]gz)?[.]metadata[.]json$");

private static boolean named(String name) {
    name = name.toLowerCase(Locale.ROOT);
    if (name.endsWith(".gz")) name = name.substring(0, name.length() - 3);
    if (name.endsWith(".zst")) name = name.substring(0, name.length() - 4);
    return name.endsWith(".json") || name.endsWith(".jsonl") || name.endsWith(".xml");
}

/** Cuts the list into partitions of about the same size, of at most limit bytes:
 *  each file that is larger is one, largest first, and then come small ones together,
 *  in their order. A file counts as cost bytes more than it has, a compressed one as
 *  expansion times as large. */
public List partitions(long limit, long cost, long expansion, int parallelism) {
    long total = 0;
    for (int i = 0; i < list.size(); i++) total += weight((Found) list.get(i), expansion) + cost;
    limit = Math.min(limit, Math.max(cost, total / parallelism + 1));
    limit = total / ((total + limit - 1) / limit) + 1; // all of one size
    ArrayList large = new ArrayList();
    ArrayList cuts = new ArrayList(); // of ArrayList of PartitionedFile
    ArrayList current = new ArrayList();
    long size = 0;
    for (int i = 0; i < list.size(); i++) {
        Found one = (Found) list.get(i);
        long weight = weight(one, expansion);
        if (weight >= limit) {
            large.add(new Large(one, i, weight));
            continue;
        }
        if (size + weight + cost > limit && !current.isEmpty()) {
            cuts.add(current);
            current = new ArrayList();
            size = 0;
        }
        current.add(part(one, i));
        size += weight + cost;
    }
    if (!current.isEmpty()) cuts.add(current);
    Collections.sort(large);
    ArrayList partitions = new ArrayList();
    for (int i = 0; i < large.size(); i++) {
        Large one = (Large) large.get(i);
        partitions.add(new FilePartition(partitions.size(), new PartitionedFile[]{part(one.file, one.sequence)}));
    }
    for (int i = 0; i < cuts.size(); i++) {
        ArrayList cut = (ArrayList) cuts.get(i);
        partitions.add(new FilePartition(partitions.size(), (PartitionedFile[]) cut.toArray(new PartitionedFile[0])));
    }
    return partitions;
}

public static class Large implements Comparable {
    final Found file;
    final int sequence;
    final long weight;
    Large(Found file, int sequence, long weight) {
        this.file = file;
        this.sequence = sequence;
        this.weight = weight;
    }
    public int compareTo(Object other) {
        Large o = (Large) other;
        int by = Long.compare(o.weight, weight);
        return by != 0 ? by : Integer.compare(sequence, o.sequence);
    }
}

private static long weight(Found one, long expansion) {
    String name = one.origin.toLowerCase(Locale.ROOT);
    return one.status.getLen() * (name.endsWith(".gz") || name.endsWith(".zst") ? expansion : 1);
}

private static PartitionedFile part(Found one, int sequence) {
    FileStatus status = one.status;
    Object[] values = {one.order, Long.valueOf(sequence), Long.valueOf(status.getLen()), Long.valueOf(status.getModificationTime() * 1000)};
    String[] hosts = new String[0];
    try {
        BlockLocation[] blocks = status instanceof LocatedFileStatus ? ((LocatedFileStatus) status).getBlockLocations() : null;
        if (blocks != null && blocks.length > 0) hosts = blocks[0].getHosts();
    } catch (IOException e) {
        // It is read from afar.
    }
    return new PartitionedFile(new GenericInternalRow(values), SparkPath.fromPath(status.getPath()), 0L, status.getLen(), hosts,
        status.getModificationTime(), status.getLen(), PartitionedFile.apply$default$8());
}
"""
LISTING_IMPORTS = [
    "java.io.*",
    "java.nio.file.Files",
    "java.nio.file.LinkOption",
    "java.nio.file.Paths",
    "java.util.*",
    "org.apache.hadoop.conf.Configuration",
    "org.apache.hadoop.fs.BlockLocation",
    "org.apache.hadoop.fs.FileStatus",
    "org.apache.hadoop.fs.FileSystem",
    "org.apache.hadoop.fs.LocatedFileStatus",
    "org.apache.hadoop.fs.Path",
    "org.apache.hadoop.fs.RemoteIterator",
    "org.apache.spark.paths.SparkPath",
    "org.apache.spark.sql.catalyst.expressions.GenericInternalRow",
    "org.apache.spark.sql.execution.datasources.FilePartition",
    "org.apache.spark.sql.execution.datasources.PartitionedFile",
    "org.apache.spark.unsafe.types.UTF8String",
]


class Inputs:
    """The inputs of a run: those that arguments stand for, in reading order.

    An argument is a file or a folder, as a path or as a URI of any file system that
    Spark knows. A folder stands for the files below it named *.json, *.jsonl or
    *.xml, also with .gz or .zst, but not for what begins with a dot. A file given by
    name may have any name.

    files and bytes count them; passed_over counts files in folders that are no
    inputs by their names, passed has some of these names.
    """

    def __init__(self, spark: SparkSession, arguments: Sequence[str]):
        self.spark = spark
        self.listing = compiled(spark, LISTING, LISTING_IMPORTS)
        conf = self.conf()
        for argument in arguments:
            if argument == "-":
                raise Usage("input -: executors cannot read standard input", "name files or folders")
            try:
                self.listing.add(hadoop_path(spark, argument), conf, MOST_BYTES)
            except Exception as error:
                kind = Usage if thrown(error, "FileNotFoundException") else Failure
                raise kind(f"input {argument}: {reason(error)}") from None
        self.files = self.listing.files()
        self.bytes = self.listing.bytes()
        self.passed_over = self.listing.passedOver()
        self.passed = list(self.listing.passed())

    def conf(self) -> Any:
        """Hadoop's settings, but local files are read as they are: with checksums
        beside them no name may have a colon."""
        conf = self.spark._jsparkSession.sessionState().newHadoopConf()
        conf.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
        conf.set("fs.file.impl.disable.cache", "true")
        return conf

    def frame(self, observed_at: int, undated: bool) -> DataFrame:
        """The inputs as the worker decodes them: a row per file, with its bytes as
        stored. Which files a partition has is fixed here, so that a task that is done
        again does the same. A file that is no longer as it was listed fails the task
        with its name.

        observed_at: ms since 1970; undated: that is only when the run started.
        """
        jvm, session = self.spark._jvm, self.spark._jsparkSession
        sources = jvm.org.apache.spark.sql.execution.datasources
        types = jvm.org.apache.spark.sql.types.StructType
        content = sources.binaryfile.BinaryFileFormat.schema()
        listed = types.fromDDL("origin string, sequence bigint, listed_bytes bigint, listed_time timestamp")
        whole = types.fromDDL(f"{content.toDDL()}, {listed.toDDL()}")
        # What is missing or unreadable is a failure, whatever the session says.
        options = jvm.PythonUtils.toScalaMap({"ignoreMissingFiles": "false", "ignoreCorruptFiles": "false"})
        nothing = jvm.PythonUtils.toSeq([])
        read = sources.binaryfile.BinaryFileFormat().buildReaderWithPartitionValues(
            session, content, listed, content, nothing, options, self.conf()
        )
        partitions = self.listing.partitions(
            PARTITION_BYTES, OPEN_BYTES, EXPANSION, self.spark.sparkContext.defaultParallelism
        )
        options = jvm.org.apache.spark.sql.catalyst.FileSourceOptions(options)
        files = sources.FileScanRDD(
            session, read, jvm.PythonUtils.toSeq(partitions), whole, nothing, jvm.PythonUtils.toScalaMap({}), options
        )
        same = "length = listed_bytes AND modificationTime = listed_time AND octet_length(content) = listed_bytes"
        changed = "concat('input ', path, ' has changed since the run listed it: most likely it is still being written')"
        return DataFrame(session.internalCreateDataFrame(files, whole, False), self.spark).select(
            "origin",
            "sequence",
            F.lit(0).cast("bigint").alias("position"),
            F.lit("").alias("instance_id"),  # the worker's flag says it
            F.lit(observed_at).cast("bigint").alias("observed_at"),
            F.lit(undated).alias("undated"),
            F.expr(f"CASE WHEN {same} THEN content ELSE CAST(raise_error({changed}) AS BINARY) END").alias("body"),
        )


def compiled(spark: SparkSession, source: str, imports: Sequence[str]) -> Any:
    """An object of a class with the given body, compiled in the driver's JVM."""
    jvm = spark._jvm
    evaluator = jvm.org.codehaus.janino.ClassBodyEvaluator()
    evaluator.setParentClassLoader(jvm.java.lang.Thread.currentThread().getContextClassLoader())
    names = spark.sparkContext._gateway.new_array(jvm.java.lang.String, len(imports))
    for i, name in enumerate(imports):
        names[i] = name
    evaluator.setDefaultImports(names)
    # py4j remembers methods under the name of their class.
    evaluator.setClassName(f"callmill.Compiled{secrets.token_hex(8)}")
    evaluator.cook(source)
    return evaluator.getClazz().newInstance()


def hadoop_path(spark: SparkSession, argument: str) -> Any:
    """The Hadoop path that an argument names. What begins with no scheme is a path
    of the default file system, whatever colons are in it."""
    path = spark._jvm.org.apache.hadoop.fs.Path
    return path(argument) if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:/", argument) else path(None, None, argument)
