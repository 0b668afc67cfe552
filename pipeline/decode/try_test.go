package decode_test
import ("testing";"os";"fmt";"encoding/json";"callmill/pipeline/decode";"callmill/schema")
func TestTry(t *testing.T){
 f:=os.Getenv("TRY"); if f=="" {t.Skip()}
 b,_:=os.ReadFile(f)
 d:=decode.New(decode.Options{})
 for it:=range d.Items(&schema.Raw{Body:b,Origin:f}) {
  if it.Job!=nil { j,_:=json.Marshal(it.Job); fmt.Println(it.Position,string(j)) } else { r:=*it.Reject; raw:=string(r.Raw); fmt.Printf("%d REJECT %s %s | %s | %.80q (%d)\n",it.Position,r.Code,r.JobID,r.Reason,raw,len(raw))}
 }
 fmt.Println(d.Counts())
}
