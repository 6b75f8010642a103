"""Where articles come from: folders, tables, feeds and vendors' answers, all through one gate."""
