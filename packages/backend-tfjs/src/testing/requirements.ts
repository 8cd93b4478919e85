export { isRequired, lacking } from "@nin/test-support";
