"""What is in a stranger's file; nothing here touches the database or the store."""
