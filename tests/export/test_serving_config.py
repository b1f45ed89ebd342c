"""The files of examples/serving that a server reads."""

import itertools

import pytest
from command_session import ROOT
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format, wrappers_pb2
from tensorflow_serving.config import model_server_config_pb2

FOLDER = ROOT / "examples" / "serving"
PAGE = (ROOT / "docs" / "serving.md").read_text()


def _batching_parameters():
    """The message class, which tensorflow-serving-api doesn't ship: its fields as the server's sources name them.

    References: tensorflow_serving/servables/tensorflow/session_bundle_config.proto, bundle_factory_util.h.
    """
    wrapped = {
        "Int64Value": "max_batch_size batch_timeout_micros max_enqueued_batches num_batch_threads "
        "max_execution_batch_size",
        "StringValue": "thread_pool_name",
        "BoolValue": "enable_large_batch_splitting",
    }
    field = descriptor_pb2.FieldDescriptorProto
    message = descriptor_pb2.DescriptorProto(name="BatchingParameters")
    numbers = itertools.count(1)  # text has names only
    for type_name, names in wrapped.items():
        for name in names.split():
            message.field.add(
                name=name,
                number=next(numbers),
                type=field.TYPE_MESSAGE,
                label=field.LABEL_OPTIONAL,
                type_name=f".google.protobuf.{type_name}",
            )
    message.field.add(
        name="allowed_batch_sizes", number=next(numbers), type=field.TYPE_INT64, label=field.LABEL_REPEATED
    )
    message.field.add(
        name="pad_variable_length_inputs", number=next(numbers), type=field.TYPE_BOOL, label=field.LABEL_OPTIONAL
    )
    file = descriptor_pb2.FileDescriptorProto(name="batching_parameters.proto", syntax="proto3", message_type=[message])
    file.dependency.append(wrappers_pb2.DESCRIPTOR.name)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("BatchingParameters"))


def test_the_server_understands_the_models_and_the_page_mounts_them():
    config = model_server_config_pb2.ModelServerConfig()
    text = (FOLDER / "models.config").read_text()
    text_format.Parse(text, config)
    (model,) = config.model_config_list.config
    assert (model.name, model.model_platform) == ("pendulum", "tensorflow")
    assert model.model_version_policy.latest.num_versions == 2
    assert f":{model.base_path}:ro" in PAGE
    assert f"--model={model.name} " in PAGE
    # The way back, which the file has as a comment.
    (back,) = [line.strip(" #") for line in text.splitlines() if "specific" in line]
    latest = "model_version_policy { latest { num_versions: 2 } }"
    assert latest in text
    text_format.Parse(text.replace(latest, back), config := model_server_config_pb2.ModelServerConfig())
    assert list(config.model_config_list.config[0].model_version_policy.specific.versions) == [1]


def test_the_server_understands_the_batching_parameters():
    text = (FOLDER / "batching_parameters.txt").read_text()
    parameters = text_format.Parse(text, _batching_parameters()())
    assert parameters.max_batch_size.value >= 1
    assert 0 < parameters.batch_timeout_micros.value <= 10_000
    assert parameters.max_enqueued_batches.value >= 1
    assert not parameters.pad_variable_length_inputs
    assert not parameters.allowed_batch_sizes
    with pytest.raises(text_format.ParseError):
        text_format.Parse("max_batch: 3", _batching_parameters()())
