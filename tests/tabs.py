"""What the tests in a browser share."""


def watched(tab):
    """Keep what a tab asks for and what goes wrong in it."""
    tab.asked, tab.faults = [], []
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.on("pageerror", lambda fault: tab.faults.append(str(fault)))
    tab.on("console", lambda told: tab.faults.append(told.text))
    tab.on("dialog", lambda dialog: (tab.faults.append("dialog"), dialog.dismiss()))
    return tab
