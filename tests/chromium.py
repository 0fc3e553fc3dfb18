"""How Chromium is started, for tests and for pictures."""

import os

from playwright.sync_api import Browser, Playwright

#: The two lists under its address bar are pages of its own, which it draws again for every window that a test opens:
#: more work than most of our pages.
LISTS = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
#: What playwright turns off: Chromium heeds only the last list that it is given.
AS_EVER = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=" + ",".join((*AS_EVER, *LISTS)),
]


def launch(playwright: Playwright) -> Browser:
    """The Chromium of this machine; playwright brings none of its own."""
    return playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS)
