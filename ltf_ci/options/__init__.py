"""What an option is, and the options that several commands share."""
