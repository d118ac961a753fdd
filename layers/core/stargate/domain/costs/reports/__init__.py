"""What is told of costs by the clock: a day, a week, a month, as a page, a table and a document."""
