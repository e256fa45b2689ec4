"""Heartbeats: proof, per partition, that a topic's writer is alive and its readers are current."""

HEARTBEAT_TYPE = "kindred.heartbeat.v1"
"""The ``ce_type`` of a heartbeat: no body is read, only its time counts."""

HEARTBEAT_KEY_PREFIX = "heartbeat-"
