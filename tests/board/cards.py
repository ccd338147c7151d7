"""Cards whose numbers lie far apart: a frame that is read wrong is nobody's card."""


def card(number):
    return "H10301:%d:%d" % (number * 37 % 251, number * 15_013 % 65_521)
