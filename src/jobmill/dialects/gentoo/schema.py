"""The vendor's words: features, their configs and options, aliases, bit masks, states.

From the public documentation of the Nobrolla Video System (Gentoo) API. Imports nothing of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VendorFeature:
    """A documented feature: its config object in a videoContext, and its array in a response.

    `options` are the config's own keys, `misspelt` other spellings seen of keys and of the config.
    """

    name: str
    config: str
    annotations: str
    options: tuple[str, ...] = ()
    misspelt: Mapping[str, str] | None = None
    alarms: bool = True


FEATURES: Mapping[str, VendorFeature] = {
    each.name: each
    for each in (
        VendorFeature(
            "AUDIO_FORMAT", "audioFormatConfig", "audioFormatAnnotations", ("compressed_channels",)
        ),
        VendorFeature(
            "IN_BLACK",
            "inBlackConfig",
            "blackAnnotations",
            ("delay", "black_value"),
            {"blackValue": "black_value"},
        ),
        VendorFeature(
            "SHOT_CHANGE_DETECTION", "shotDetectionConfig", "shotAnnotations", alarms=False
        ),
        VendorFeature(
            "VIDEO_INDEX",
            "videoIndexConfig",
            "videoIndexAnnotations",
            ("query", "index", "ttl"),
            alarms=False,
        ),
        VendorFeature("MACROBLOCKING", "macroBlockDetectionConfig", "macroblockAnnotations"),
        VendorFeature(
            "SPOKEN_LANGUAGE",
            "spokenLanguageConfig",
            "spokenLanguageAnnotations",
            ("maskAllowableLanguages",),
            {"maskAllowableLangauges": "maskAllowableLanguages"},
        ),
        VendorFeature(
            "CAPTION_LANGUAGE",
            "captionLanguageConfig",
            "captionLanguageAnnotations",
            ("maskAllowableLanguages",),
            {"maskAllowableLangauges": "maskAllowableLanguages"},
        ),
        VendorFeature("FACE_DETECTION", "faceDetectionConfig", "faceDetectionAnnotations"),
        VendorFeature("AUDIO_LOSS", "audioLossConfig", "audioLossAnnotations"),
        VendorFeature("VIDEO_QUALITY", "videoQualityConfig", "videoQualityAnnotations"),
        VendorFeature(
            "TEXT_DETECTION",
            "textDetectionConfig",
            "textDetectionAnnotations",
            ("languageHints",),
            {"languagHints": "languageHints"},
        ),
        VendorFeature("LOGO_RECOGNITION", "logoRecognitionConfig", "logoRecognitionAnnotations"),
        VendorFeature(
            "CELEBRITY_RECOGNITION", "celebrityRecognitionConfig", "celebrityRecognitionAnnotations"
        ),
        VendorFeature(
            "PERSON_RECOGNITION", "personRecognitionConfig", "personRecognitionAnnotations"
        ),
        VendorFeature(
            "LIP_SYNC_DETECTION", "lipSyncDetectionConfig", "lipSyncDetectionAnnotations"
        ),
        VendorFeature("AD_PLACEMENT_SUGGESTION", "adPlacementConfig", "adPlacementSuggestion"),
    )
}

CONFIG_ALIASES: Mapping[str, str] = {
    "facialRecognitionConfig": "faceDetectionConfig",
    "shotChangeConfig": "shotDetectionConfig",
    "shotChangeDetectionConfig": "shotDetectionConfig",
    "macroblockingConfig": "macroBlockDetectionConfig",
}
CONTEXT_ALIASES: Mapping[str, str] = {"pri": "priority", **CONFIG_ALIASES}
JOB_ALIASES: Mapping[str, str] = {"videoConfig": "videoContext", "pri": "priority", "ttl": "TTL"}

JOB_FIELDS = (
    "inputUri",
    "features",
    "workflow",
    "videoContext",
    "origin",
    "TTL",
    "target",
    "priority",
    "inputContent",
    "outputUri",
)
CONTEXT_FIELDS = ("segments", "priority")
ALARM_FIELDS = ("enabled", "sensitivity", "secsInAlarmDuration")
ALARM_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "AUDIO_FORMAT": ("allowCompressedAudio", "allowableAudioFormat"),
    "FACE_DETECTION": ("maxFaceCount",),
    "MACROBLOCKING": ("minSsimValue",),
    "SPOKEN_LANGUAGE": ("maskAllowableLanguages",),
    "CAPTION_LANGUAGE": ("maskAllowableLanguages",),
}
WORKFLOW_FIELDS = ("name", "index", "videoContext")

ALL_FORMATS = 255
FORMAT_BITS: Mapping[str, int] = {
    "5.1": 1,
    "5.1 Mono": 1 | 64,
    "5.1 Stereo": 2,
    "5.1 Stereo.1": 2 | 64,
    "Stereo 5.1": 4,
    "Stereo 5.1.1": 4 | 64,
    "Stereo SAP": 8,
    "5.1 SAP": 16,
    "stereo": 32,
    "Stereo Pairs": 32,
    "Stereo Mono": 32 | 64,
    "mono": 64,
    "Mono Mono": 64,
    "silence": 128,
}
"""`allowableAudioFormat`: the bits that must all be set for a format to be allowed. A format that
is not here (one-sided sound, mixes without a name) is allowed by 255 alone."""

DEFAULT_ORIGIN = "api"
DEFAULT_TTL_DAYS = 30
MAX_TTL_DAYS = 36500
PRIORITIES = range(140)
TARGETS = range(1, 5)

QUEUED, RUNNING, DONE, CANCELLED, FAILED = "queued", "running", "done", "cancelled", "failed"
STATUS_ALIASES: Mapping[str, str] = {"pending": QUEUED, "canceled": CANCELLED}
STATUSES = (QUEUED, RUNNING, DONE, CANCELLED, FAILED)

PROGRESS_TYPE = "annotationProgress"
NOTES_RESPONSE_TYPE = "type.googleapis.com/google.cloud.videointelligence.v1.AnnotateVideoResponse"

CODE_CANCELLED = 1
CODE_UNKNOWN = 2
CODE_INVALID_ARGUMENT = 3
CODE_DEADLINE_EXCEEDED = 4
CODE_NOT_FOUND = 5
CODE_RESOURCE_EXHAUSTED = 8
CODE_INTERNAL = 13
CODE_UNAVAILABLE = 14
