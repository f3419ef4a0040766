"""Who works the cases of a simulated day? Scripted people at the public desk, a mail server, and what is handed in."""
