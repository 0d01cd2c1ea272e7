"""What every parser of outside input promises, and the two coverage-guided runs that look for an
input that breaks it. The tests with hypothesis use the same properties.
"""
