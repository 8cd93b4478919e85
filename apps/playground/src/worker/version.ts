declare const __NIN_VERSION__: string;

/** Of the packages of this repository, which the build fills in. */
export const NIN_VERSION: string = __NIN_VERSION__;
