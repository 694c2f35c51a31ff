title = Notices
