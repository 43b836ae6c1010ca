"""`python -m analysis`."""

from analysis.study.command_line import main

if __name__ == "__main__":
    main()
