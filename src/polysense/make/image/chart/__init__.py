"""Charts: `plan` chooses rows, columns and cells exactly as they stand, `generator` draws them."""
