title = Duties
