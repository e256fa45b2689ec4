from prometheus_client.parser import text_string_to_metric_families

from kindred_common.observability.metrics import PREFIX, Metrics, catalogue


def shown(metrics: Metrics, metric: str) -> dict[tuple[str, ...], float]:
    """What a metric shows, by the values of its labels."""
    (labels,) = (entry.labels for entry in catalogue() if entry.name == metric)
    return {
        tuple(sample.labels[label] for label in labels): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
        if sample.name == PREFIX + metric
    }
