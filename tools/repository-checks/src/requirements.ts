export { lacking } from "@nin/test-support";
