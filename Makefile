# The build method of template.yaml: `sam build` asks here for each function by name, and gets the one program that all of them are.
# It is built for the first and kept beside the functions' folders, which SAM clears at the beginning of each build. Settings, by the
# environment: RECONNECT_STORE=dynamodb|sqlite, RECONNECT_ARCH=x86_64|arm64 (the same as the parameter Architecture).

build-%:
	cargo xtask artifact "$(ARTIFACTS_DIR)" --keep "$(ARTIFACTS_DIR)/../.program"
