"""Places on a map, by the formats that keep them: GeoJSON and KML, a row for each feature."""
