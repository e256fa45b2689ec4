"""Makes files of answered surveys of the shape of the Young People Survey: the same columns and scales, nobody real."""

import csv
import io
from collections.abc import Iterator
from random import Random

SEED = 2013
EMPTY = 0.004
"""The share of cells without an answer."""

COLUMNS = (
    "Music", "Slow songs or fast songs", "Dance", "Folk", "Country", "Classical music", "Musical", "Pop", "Rock",
    "Metal or Hardrock", "Punk", "Hiphop, Rap", "Reggae, Ska", "Swing, Jazz", "Rock n roll", "Alternative", "Latino",
    "Techno, Trance", "Opera", "Movies", "Horror", "Thriller", "Comedy", "Romantic", "Sci-fi", "War",
    "Fantasy/Fairy tales", "Animated", "Documentary", "Western", "Action", "History", "Psychology", "Politics",
    "Mathematics", "Physics", "Internet", "PC", "Economy Management", "Biology", "Chemistry", "Reading", "Geography",
    "Foreign languages", "Medicine", "Law", "Cars", "Art exhibitions", "Religion", "Countryside, outdoors",
    "Dancing", "Musical instruments", "Writing", "Passive sport", "Active sport", "Gardening", "Celebrities",
    "Shopping", "Science and technology", "Theatre", "Fun with friends", "Adrenaline sports", "Pets", "Flying",
    "Storm", "Darkness", "Heights", "Spiders", "Snakes", "Rats", "Ageing", "Dangerous dogs",
    "Fear of public speaking", "Smoking", "Alcohol", "Healthy eating", "Daily events", "Prioritising workload",
    "Writing notes", "Workaholism", "Thinking ahead", "Final judgement", "Reliability", "Keeping promises",
    "Loss of interest", "Friends versus money", "Funniness", "Fake", "Criminal damage", "Decision making",
    "Elections", "Self-criticism", "Judgment calls", "Hypochondria", "Empathy", "Eating to survive", "Giving",
    "Compassion to animals", "Borrowed stuff", "Loneliness", "Cheating in school", "Health", "Changing the past",
    "God", "Dreams", "Charity", "Number of friends", "Punctuality", "Lying", "Waiting", "New environment",
    "Mood swings", "Appearence and gestures", "Socializing", "Achievements", "Responding to a serious letter",
    "Children", "Assertiveness", "Getting angry", "Knowing the right people", "Public speaking", "Unpopularity",
    "Life struggles", "Happiness in life", "Energy levels", "Small - big dogs", "Personality",
    "Finding lost valuables", "Getting up", "Interests or hobbies", "Parents' advice", "Questionnaires or polls",
    "Internet usage", "Finances", "Shopping centres", "Branded clothing", "Entertainment spending",
    "Spending on looks", "Spending on gadgets", "Spending on healthy eating", "Age", "Height", "Weight",
    "Number of siblings", "Gender", "Left - right handed", "Education", "Only child", "Village - town",
    "House - block of flats",
)  # fmt: skip

CATEGORIES = {
    "Smoking": ("never smoked", "tried smoking", "former smoker", "current smoker"),
    "Alcohol": ("never", "social drinker", "drink a lot"),
    "Punctuality": ("i am often early", "i am always on time", "i am often running late"),
    "Lying": ("never", "only to avoid hurting someone", "sometimes", "everytime it suits me"),
    "Internet usage": (
        "no time at all",
        "less than an hour a day",
        "few hours a day",
        "most of the day",
    ),
    "Gender": ("female", "male"),
    "Left - right handed": ("left handed", "right handed"),
    "Education": ("secondary school", "college/bachelor degree", "masters degree"),
    "Only child": ("no", "yes"),
    "Village - town": ("village", "city"),
    "House - block of flats": ("block of flats", "house/bungalow"),
}
RANGES = {"Age": (18, 64), "Height": (150, 205), "Weight": (45, 120), "Number of siblings": (0, 5)}


def answered_survey(people: int, *, seed: int = SEED) -> str:
    """A CSV file with a heading and one row a person, the same for the same seed."""
    chance, file = Random(seed), io.StringIO()  # noqa: S311 - repeatable by intention, no secret
    table = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(list(_row(chance)) for _ in range(people))
    return file.getvalue()


def _row(chance: Random) -> Iterator[str | int]:
    for column in COLUMNS:
        if chance.random() < EMPTY:
            yield ""
        elif column in CATEGORIES:
            yield chance.choice(CATEGORIES[column])
        else:
            yield chance.randint(*RANGES.get(column, (1, 5)))
