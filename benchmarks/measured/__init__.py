"""Own data: the measured pendulum of docs/own_data.md."""
