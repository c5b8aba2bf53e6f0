"""Does on Spark's driver what smew asks for. Requests and answers are files in a folder: 1.request, 1.answer, 2.request and so on.
A request is a list of steps, done in turn until one fails; null ends this, and so does a long time without a request."""
import base64, datetime, decimal, json, os, sys, time

from pyspark.sql import SparkSession

os.environ["TZ"] = "UTC"; time.tzset()  # timestamps come as those of this process's time zone
folder, idle, pause = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
spark = SparkSession.builder.getOrCreate()
hadoop = spark._jvm.org.apache.hadoop.fs
files = hadoop.Path(folder).getFileSystem(spark._jsc.hadoopConfiguration())
kinds = [(float, lambda v: {"float": repr(v)}), (decimal.Decimal, lambda v: format(v, "f")), (datetime.date, lambda v: {"time": v.isoformat()}),
    ((bytes, bytearray), lambda v: {"bytes": base64.b64encode(v).decode()})]
def value(v):
    if v is None or isinstance(v, (bool, int, str)):
        return v
    for kind, tell in kinds:
        if isinstance(v, kind):
            return tell(v)
    raise TypeError(f"values of type {type(v).__name__} are not read: cast it to STRING, or use to_json")
def do(step):
    for key, setting in step.get("set", {}).items():
        spark.conf.set(key, setting)
    if "view" in step:
        frame = spark.read.format("avro").options(**step["options"]).load(step["files"])
        frame.createOrReplaceTempView(step["view"])
        return [[name] for name in frame.inputFiles()]
    frame = spark.sql(step["sql"]) if "sql" in step else None
    return [[value(v) for v in row] for row in frame.collect()] if step.get("rows") else []
def causes(e):
    thrown, chain = getattr(e, "_origin", None) or getattr(e, "java_exception", None), []
    while thrown is not None:
        chain.append({"Kind": thrown.getClass().getName(), "Message": thrown.getMessage() or ""})
        thrown = thrown.getCause()
    chain = chain or [{"Kind": type(e).__name__, "Message": str(e)}]
    named = hasattr(e, "getCondition")
    return [dict(chain[0], Class=named and e.getCondition() or "", State=named and e.getSqlState() or "")] + chain[1:]
number, since = 1, time.monotonic()
while time.monotonic() - since < idle:
    path, half = (hadoop.Path(f"{folder}{number}.{kind}") for kind in ("request", "half"))
    if not files.exists(path):
        time.sleep(pause)
        continue
    stream, answer = files.open(path), []
    steps = json.loads(spark._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
    stream.close()
    if steps is None:
        break
    try:
        for step in steps:
            answer.append({"rows": do(step)})
    except Exception as e:
        answer.append({"error": causes(e)})
    out = files.create(half)
    out.write(bytearray(json.dumps(answer), "utf-8"))
    out.close()
    files.rename(half, hadoop.Path(f"{folder}{number}.answer"))
    number, since = number + 1, time.monotonic()
files.delete(hadoop.Path(folder), True)
spark.stop()
