"""The export of SavedModels: `python -m export --model_path=RUN/model.keras --export_dir=served/pendulum`."""
