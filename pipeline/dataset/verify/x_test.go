package verify
import ("testing";"fmt";"path/filepath";"github.com/apache/arrow-go/v18/parquet/file")
func TestX(t *testing.T){
 for _,tb:=range []string{"jobs","tasks","turns","summaries"}{
 fs,_:=filepath.Glob("/tmp/e2e/latest/"+tb+"/*/*.parquet")
 r,err:=file.OpenParquetFile(fs[0],false); if err!=nil{t.Fatal(err)}
 s:=r.MetaData().Schema
 fmt.Println(s.Root().String(), r.NumRowGroups(), r.NumRows(), r.MetaData().KeyValueMetadata(), r.MetaData().GetCreatedBy())
 for i:=0;i<s.NumColumns();i++{c:=s.Column(i);fmt.Println(c.Path(),c.PhysicalType(),c.LogicalType(),c.ConvertedType(),c.MaxDefinitionLevel(),c.MaxRepetitionLevel())}
 fmt.Println(r.MetaData().Schema)
 }
}
