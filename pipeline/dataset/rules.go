package dataset

// What package verify asks of the layout, besides Manifest and Views.

// Latest is the name of the published snapshot of the dataset in dir, ""
// where nothing was published. It reads no manifest.
func Latest(dir string) (string, error) {
	return newDataset(dir, Options{}).latest()
}

// BucketsFor is the number of buckets of a day whose largest day table has so
// many rows.
func BucketsFor(rows int64) int { return bucketsFor(rows) }
