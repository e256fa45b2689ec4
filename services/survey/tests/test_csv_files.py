import io

from kindred_survey.entrypoints.csv_files import read_batches


def test_a_file_that_was_closed_while_it_was_read_ends_the_reading_quietly() -> None:
    file = io.BytesIO(b"name\n" + b"Anna\n" * 1000)
    batches = read_batches(file, ",")
    assert len(next(batches).rows) == 200

    file.close()
    batches.close()

    assert list(batches) == []
