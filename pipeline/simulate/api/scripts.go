package api

import (
	"slices"

	"callmill/pipeline/simulate"
)

type publishHistoriesResponse struct {
	head
	ScriptPublishHistories struct {
		List                             []publishBody
		PageNumber, PageSize, TotalCount int
	}
	tail
}

type publishBody struct {
	Description, InstanceId string
	PublishTime             int64 // ms
	ScriptId, ScriptVersion string
}

// listScriptPublishHistories shows the versions of a script, the latest first.
func (h *Handler) listScriptPublishHistories(q *request) (answer, *refusal) {
	id, refused := q.need("ScriptId")
	if refused != nil {
		return nil, refused
	}
	first, size, refused := q.page()
	if refused != nil {
		return nil, refused
	}
	scripts := q.world.Scripts()
	i := slices.IndexFunc(scripts, func(s simulate.Script) bool { return s.ID == id })
	if i < 0 {
		return nil, notExist("Script", id)
	}
	versions := scripts[i].Versions
	a := &publishHistoriesResponse{}
	page := &a.ScriptPublishHistories
	page.List, page.PageNumber, page.PageSize, page.TotalCount = []publishBody{}, first/size+1, size, len(versions)
	for _, n := range q.rows(len(versions), first, size) {
		v := versions[len(versions)-1-n]
		page.List = append(page.List, publishBody{
			Description: v.Description, InstanceId: q.text("InstanceId"), PublishTime: v.Published,
			ScriptId: id, ScriptVersion: v.Name,
		})
	}
	return a, nil
}
