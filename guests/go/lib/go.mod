module plugbox

go 1.26
