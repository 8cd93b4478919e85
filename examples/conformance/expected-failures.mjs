export const expectedFailures = [];
