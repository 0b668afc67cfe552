package api

import (
	"net/http"

	"callmill/pipeline/simulate"
)

// view returns the world as a request sees it: at Options.Now, or at the
// instant of the world itself. An action whose answers lag behind the others is
// given an earlier view here; what a world shows at an instant is decided by
// package simulate alone.
func (h *Handler) view() *simulate.World {
	if h.options.Now == nil {
		return h.world
	}
	return h.world.At(h.options.Now())
}

// date sets the header Date, from which clients learn the clock of the gateway.
func (h *Handler) date(header http.Header) {
	header.Set("Date", h.options.Clock().UTC().Format(http.TimeFormat))
}
