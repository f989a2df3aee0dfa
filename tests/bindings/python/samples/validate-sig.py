from gripcontrol import validate_sig

is_valid = validate_sig(request['Grip-Sig'], '<key>')
