"""A live site for the bench: a broker, a process for each controller, and a console that hears them, all in real time."""
