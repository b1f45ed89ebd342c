"""The work of the command `python -m export`."""

from absl import flags

from hnn_tf.commands.printable_text import write_lines
from hnn_tf.declarations import declared, motion_of
from hnn_tf.export import saved_model


def main() -> None:
    """Exports a model according to the flags, and prints the written files."""
    settings = flags.FLAGS
    model = saved_model.load_model(settings.model_path)
    run = saved_model.run_document(settings.model_path)
    folder = saved_model.export_model(
        model,
        settings.export_dir,
        version=settings.version,
        integrator=settings.integrator,
        max_step_size=settings.max_step_size,
        substeps=settings.substeps,
        max_steps=settings.max_steps,
        input_interpolation=settings.input_interpolation,
        run=run,
        licence=settings.licence,
    )
    lines = [str(folder), *(f"  {line}" for line in saved_model.describe(folder))]
    if run is None:
        lines.append("  the card does not describe the training: no metrics.json of this model is beside the model")
    if declared(motion_of(model), "hamiltonian") is None:
        lines.append(f"  no energy: {model.name} has no Hamiltonian")
    write_lines(lines)
