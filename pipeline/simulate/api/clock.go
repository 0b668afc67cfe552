package api

import (
	"net/http"

	"callmill/pipeline/simulate"
)

// view returns the world as the answers of an action show it: at Options.Now, or at
// the instant of the world itself, less the lag of the action. What a world shows at
// an instant is decided by package simulate alone.
func (h *Handler) view(action string) *simulate.World {
	return h.behind(h.present(), action)
}

// behind returns the world as it was before the lag of an action or of Columns.
func (h *Handler) behind(world *simulate.World, what string) *simulate.World {
	if lag := h.options.Lag[what]; lag > 0 {
		return world.At(world.Now().Add(-lag))
	}
	return world
}

// present is the world without any lag.
func (h *Handler) present() *simulate.World {
	if h.options.Now == nil {
		return h.world
	}
	return h.world.At(h.options.Now())
}

// date sets the header Date, from which clients learn the clock of the gateway.
func (h *Handler) date(header http.Header) {
	header.Set("Date", h.options.Clock().UTC().Format(http.TimeFormat))
}
