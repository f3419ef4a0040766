"""Which clearing files can be read? One module a layout."""
