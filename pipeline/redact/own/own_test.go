package own_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/internal/growth"
	"callmill/pipeline/redact/internal/settle"
	"callmill/pipeline/redact/own"
	"callmill/pipeline/redact/span"
	"callmill/schema"
)

// job returns a job whose person has a name, an honorific and a number, with extras as
// key, value.
func job(name, honorific, phone string, extras ...string) *schema.Job {
	j := &schema.Job{JobID: "j", Contacts: []schema.Contact{{Name: name, Honorific: honorific, PhoneNumber: phone}}}
	for i := 0; i < len(extras); i += 2 {
		j.Extras = append(j.Extras, schema.Extra{Key: extras[i], Value: extras[i+1]})
	}
	return j
}

// masked returns what is left of what one speaker says in lines parted by "|".
func masked(f *own.Finder, lines string) string {
	var call []span.Line
	for _, l := range strings.Split(lines, "|") {
		call = append(call, span.Line{Speaker: "Contact", Text: l})
	}
	spans := span.Merge(f.Find(nil, call))
	var out []string
	for i, l := range call {
		var mine []span.Span
		for _, s := range spans {
			if s.Line == i {
				mine = append(mine, s)
			}
		}
		out = append(out, span.Mask(l.Text, mine))
	}
	return strings.Join(out, "|")
}

type example struct{ said, want string }

func try(t *testing.T, j *schema.Job, examples ...example) {
	t.Helper()
	f := own.New()
	f.Job(j)
	for _, e := range examples {
		if got := masked(f, e.said); got != e.want {
			t.Errorf("%s\nbecomes %s\nwant    %s", e.said, got, e.want)
		}
	}
}

func TestNames(t *testing.T) {
	try(t, job("王伟", "王先生", ""),
		example{"请问是王伟先生吗", "请问是[姓名]吗"},
		example{"王先生您好，是王总还是老王", "[姓名]您好，是[姓名]还是[姓名]"},
		example{"对我就是王维", "对我就是[姓名]"},
		example{"汪伟，没错", "[姓名]，没错"},
		example{"抱歉汪先生", "抱歉[姓名]"},
		example{"我是王，呃，伟", "我是[姓名]"},
		example{"我姓王", "我姓[姓名]"},
		example{"百姓王国，先生，女士", "百姓王国，先生，女士"},
		example{"网为什么慢，往外走", "网为什么慢，往外走"},
		example{"王[姓名]先生", "王[姓名]先生"},
	)
	try(t, job("刘志强", "", ""),
		example{"刘自强，志强啊，叫我小强", "[姓名]，[姓名]啊，叫我[姓名]"},
		example{"他意志强大", "他意志强大"},
	)
	try(t, job("欧阳雪", "女士", ""),
		example{"请问是欧阳 雪女士吗，欧阳女士", "请问是[姓名]吗，[姓名]"},
		example{"女士那个活动下雪了", "女士那个活动下雪了"},
	)
	try(t, job("高星", "", ""),
		example{"很高兴为您服务，请问是高星吗", "很高兴为您服务，请问是[姓名]吗"},
	)
	try(t, job("于洋", "", ""),
		example{"由于洋流影响，于先生请留意", "由于洋流影响，[姓名]请留意"},
	)
	try(t, job("和静", "", ""),
		example{"和女士，您和您先生都可以", "[姓名]，您和您先生都可以"},
	)
	try(t, job("Alice Wu", "", ""),
		example{"是alice wu吗，ALICEWU2，malice wu", "是[姓名]吗，[姓名]2，malice wu"},
	)
}

// What stands in the field of a name may be none, or hide one.
func TestNotNames(t *testing.T) {
	for _, name := range []string{"", "先生", "客户", "测试", "null", "[姓名]", "***", "，"} {
		f := own.New()
		f.Job(job(name, name, ""))
		const said = "先生您好，客户测试null，***，"
		if got := masked(f, said); got != said {
			t.Errorf("with the name %q it becomes %s", name, got)
		}
	}
	try(t, job("王**", "", ""), example{"王先生在吗", "[姓名]在吗"})
}

func TestNumbers(t *testing.T) {
	j := job("", "", "+86 10067001234", "保单号", "PA0099120045", "plate", "皖B00K36")
	j.ReferenceID = "YY-88120"
	try(t, j,
		example{"您的手机10067001234对吗", "您的手机[电话]对吗"},
		example{"＋８６１００６７００１２３４", "[电话]"},
		example{"是幺零零六七零零幺二三四", "是[电话]"},
		example{"100-6700，呃，1234", "[电话]"},
		example{"要灵灵流妻零零一二三四", "[电话]"},
		example{"幺零零六七|零零幺二三四", "[电话]|[电话]"},
		example{"尾号1234，后四位一二三四", "尾号[尾号]，后四位[尾号]"},
		example{"100670012345", "100670012345"},
		example{"1234元，一千二百三十四", "1234元，一千二百三十四"},
		example{"预约号yy88120", "预约号[编号]"},
		example{"单子是PA0099，120045", "单子是[编号]"},
		example{"皖B·00K36的车", "[车牌]的车"},
		example{"10067[电话]001234", "10067[电话]001234"},
	)
	f := own.New()
	f.Job(j)
	call := []span.Line{
		{Speaker: "Contact", Text: "幺零零六七零零"}, {Speaker: "Robot", Text: "嗯"}, {Speaker: "Contact", Text: "然后幺二三四"},
	}
	if got := f.Find(nil, call); len(got) != 2 || got[0].Line != 0 || got[1].Line != 2 || got[1].Start != len("然后") {
		t.Errorf("over the other speaker's line: %v, want two spans", got)
	}
}

func TestPlaces(t *testing.T) {
	try(t, job("", "", "", "地址", "龙泉区驿都大道99号4栋1201室", "生日", "1990-05-03"),
		example{"是龙泉区驿都大道99号4栋1201室", "是[地址]"},
		example{"龙泉区一都大道九九号四栋", "[地址]"},
		example{"驿都大道九十九号", "[地址]"},
		example{"99号4栋", "99号4栋"},
		example{"一九九零年五月三号，1990/5/3", "[生日]，[生日]"},
		example{"5月3号去", "5月3号去"},
	)
}

func TestKinds(t *testing.T) {
	k := own.NewKeys()
	for key, want := range map[string]span.Kind{
		"学生姓名": span.Name, "name": span.Name, "customer_name": span.Name, "customerName": span.Name, "CUSTOMER NAME": span.Name,
		"手机": span.Phone, "contactPhone": span.Phone, "user_tel": span.Phone, "联系电话2": "", "id_card": span.IDCard, "身份证号": span.IDCard,
		"银行卡号": span.BankCard, "车牌": span.Plate, "plate": span.Plate, "email": span.Email, "微信号": span.WeChat, "qq": span.QQ,
		"出生日期": span.Birthday, "收货地址": span.Address, "address": span.Address, "尾号": span.Tail, "idtail": span.Tail,
		"保单号": span.ID, "order_id": span.ID, "policy": span.ID, "ｐｈｏｎｅ": span.Phone,
		"birth": span.Birthday, "birthYear": span.Birthday, "出生": span.Birthday, "gps": span.Address, "GPS_Location": span.Address, "location": span.Address,
		"lat": span.Address, "lng": span.Address, "user_lon": span.Address, "经纬度": span.Address, "坐标": span.Address, "出生地": span.Address,
		"ip": span.ID, "IP地址": span.ID, "clientIp": span.ID, "ipAddress": span.ID, "mac": span.ID, "MacAddress": span.ID, "imei": span.ID, "deviceId": span.ID,
		"openid": span.ID, "openId": span.ID, "union_id": span.ID, "uid": span.ID,
		"flat": "", "platform": "", "salon": "", "allocation": "", "ship": "", "tip": "", "stomach": "", "store_location": "", "fluid": "",
		"product_name": "", "产品名称": "", "客服电话": "", "门店地址": "", "template": "", "hotel": "", "TenantId": "", "amount": "", "": "", "course": "", "gift": "",
	} {
		for range 2 { // the second answer is remembered
			if got, ok := k.Kind(key); got != want || ok != (want != "") {
				t.Errorf("key %q names %q, %v, want %q", key, got, ok, want)
			}
		}
	}
}

// An id of a company is not a person's, whatever else its key has in it.
func TestCompany(t *testing.T) {
	k := own.NewKeys()
	for key, want := range map[string]bool{
		"TenantId": true, "tenant_id": true, "租户ID": true, "appId": true, "APP_KEY": true, "shopid": true, "店铺编号": true, "productId": true, "产品编号": true,
		"skuId": true, "orgId": true, "项目编号": true, "channel_id": true, "scriptId": true,
		"userId": false, "openid": false, "applicant": false, "订单编号": false, "tenantPhone": false, "hotel": false, "门店地址": false, "snapp": false, "": false,
	} {
		for range 2 {
			if got := k.Company(key); got != want {
				t.Errorf("key %q names an id of a company: %v, want %v", key, got, want)
			}
		}
		if kind, ok := k.Kind(key); want && ok {
			t.Errorf("key %q names a %s, too", key, kind)
		}
	}
}

// What a job was redacted to is not searched for.
func TestRedactedJob(t *testing.T) {
	j := job("王伟", "", "10067001234")
	j.Redacted = true
	try(t, j, example{"王伟10067001234", "王伟10067001234"})
}

// The values of one job are not those of the next.
func TestNextJob(t *testing.T) {
	f := own.New()
	f.Job(job("王伟", "", "10067001234"))
	if got := masked(f, "王伟"); got != "[姓名]" {
		t.Errorf("王伟 becomes %s", got)
	}
	f.Job(job("刘志强", "", ""))
	if got := masked(f, "王伟和刘志强10067001234"); got != "王伟和[姓名]10067001234" {
		t.Errorf("of the next job it becomes %s", got)
	}
}

// A job that names very many people takes no longer than a list of that length must, and
// its first ones are found.
func TestManyPeople(t *testing.T) {
	growth.CheckLinear(t, "people", 20_000, func(people int) {
		j := job("王伟", "", "10067001234")
		for i := range people {
			j.Contacts = append(j.Contacts, schema.Contact{Name: "刘" + string(rune(0x4e00+i)), ContactID: fmt.Sprint("c-", i), PhoneNumber: fmt.Sprint(10020000000 + i)})
		}
		f := own.New()
		f.Job(j)
		if got := masked(f, "王伟的电话是10067001234"); got != "[姓名]的电话是[电话]" {
			t.Errorf("it becomes %s", got)
		}
	})
}

var pieces = []string{
	"王", "伟", "维", "欧阳", "雪", "先生", "老", "小", "叫", "姓", "是", "，", "呃", "那个", " ", "[姓名]", "[", "1", "00", "67001234", "幺", "零", "零零", "六七",
	"一二三四", "尾号", "龙泉区", "驿都大道", "99", "号", "四栋", "PA", "0099", "皖", "B", "\xff", "\xe7", "１", "x",
}

// TestFound holds what every finding must be, for any text and job: it lies in its line
// on the bounds of characters, outside labels, and masking ends.
func TestFound(t *testing.T) {
	text := func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "text"), "")
	}
	rapid.Check(t, func(t *rapid.T) {
		j := job(text(t), text(t), text(t), "address", text(t), "plate", text(t), "生日", text(t), "tail", text(t), "姓名", text(t))
		j.ReferenceID = text(t)
		f := own.New()
		f.Job(j)
		settle.Check(t, f.Find, span.Own, []string{text(t), text(t), text(t)})
	})
}

// A line takes time in proportion to its length.
func TestLongLines(t *testing.T) {
	f := own.New()
	f.Job(job("王伟", "", "10067001234", "address", "龙泉区驿都大道99号4栋", "plate", "皖B00K36"))
	for _, piece := range []string{"1", "1,", "王", "王，", "100670", "龙泉区99号", "皖B", "A1"} {
		growth.CheckLinear(t, piece, 100_000, func(size int) {
			f.Find(nil, []span.Line{{Text: strings.Repeat(piece, size/len(piece))}})
		})
	}
}

func FuzzFind(f *testing.F) {
	f.Add("王伟", "10067001234", "龙泉区驿都大道99号4栋", "我是王维，幺零零六七", "零零一二三四")
	f.Add("Alice Wu", "+86100", "1990-05-03", "alice wu，一九九零年五月三号", "[姓名]")
	f.Fuzz(func(t *testing.T, name, phone, value, first, second string) {
		finder := own.New()
		finder.Job(job(name, value, phone, "address", value, "生日", value, "plate", value, "tail", phone))
		settle.Check(t, finder.Find, span.Own, []string{first, second})
	})
}
