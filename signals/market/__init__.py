"""Sessions and prices; knows no text."""
