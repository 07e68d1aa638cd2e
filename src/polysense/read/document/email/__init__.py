"""Mail: `message` gives the parts of a message with their lines, `parser` makes chunks of them."""
