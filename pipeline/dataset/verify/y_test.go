package verify
import (_ "github.com/apache/arrow-go/v18/parquet/pqarrow")
